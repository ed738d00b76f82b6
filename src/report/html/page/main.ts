/** The program of the page. Without it all numbers are there; with it charts, definitions at hand, sorting, searching. */
import { PAGE_DATA_ID, type PageData } from '../page-data.ts';
import { createCharts } from './charts.ts';
import { makeGrids } from './grid.ts';
import { makeSortable } from './sort.ts';
import { followTheme } from './theme.ts';
import { showTips } from './tips.ts';

const data = JSON.parse(document.getElementById(PAGE_DATA_ID)!.textContent!) as PageData;
const drawn = createCharts(data);
followTheme((dark) => drawn.draw(dark));
showTips(data.terms);
makeGrids();
makeSortable();
