/** The look of the page: light and dark, on paper, and narrow. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ink: light-dark(#1c2126, #e4e7ea);
  --soft: light-dark(#5a646e, #9aa4ae);
  --ground: light-dark(#f6f7f8, #14171a);
  --card: light-dark(#ffffff, #1c2024);
  --line: light-dark(#dfe3e7, #31373d);
  --accent: light-dark(#005b8f, #6cb8ea);
  --bar: light-dark(#d6e6f1, #24465c);
  --hover: light-dark(#f0f4f7, #242a30);
  --warn: light-dark(#fff6e0, #3a2f14);
  --warn-line: light-dark(#e0a000, #a87f1c);
}
:root[data-theme=light] { color-scheme: light; }
:root[data-theme=dark] { color-scheme: dark; }
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 2rem 1.5rem 4rem; max-width: 74rem; background: var(--ground); color: var(--ink);
  font: 0.9375rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "DejaVu Sans", sans-serif;
}
header { display: grid; grid-template-columns: 1fr auto; gap: 0.5rem 1rem; align-items: center; }
.kind { margin: 0; color: var(--soft); font-weight: 600; }
h1 { grid-column: 1 / -1; margin: 0 0 0.5rem; font-size: 1.35rem; line-height: 1.45; font-weight: 500; max-width: 58rem; text-wrap: pretty; overflow-wrap: anywhere; }
h2 { margin: 2.75rem 0 0.75rem; font-size: 1.2rem; font-weight: 650; }
h3 { margin: 0 0 0.75rem; font-size: 1rem; font-weight: 650; }
p { max-width: 58rem; }
small { color: var(--soft); font-size: 0.8em; font-weight: 400; }
code { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 0.9em; }
.key { display: inline-flex; align-items: center; gap: 0.4rem; }
.aside, footer { color: var(--soft); }
button, input { font: inherit; color: inherit; }
#theme, .legend button {
  border: 1px solid var(--line); border-radius: 999px; background: var(--card); padding: 0.2rem 0.8rem; cursor: pointer;
}
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(26rem, 100%), 1fr)); gap: 1.25rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1.1rem 1.25rem; min-width: 0; }
.cards > :last-child:nth-child(odd) { grid-column: 1 / -1; }
.card + .scroll, .wide { margin-top: 1.25rem; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(26rem, 100%), 1fr)); gap: 0.5rem 2.5rem; align-items: start; }
.chart { margin: 0 0 0.75rem; }
.plot { position: relative; height: 15rem; }
.wide .plot { height: 21rem; }
.legend { display: flex; flex-wrap: wrap; gap: 0.35rem; min-height: 1.9rem; font-size: 0.8125rem; align-items: center; }
.legend button { display: inline-flex; align-items: center; gap: 0.4rem; padding: 0.05rem 0.6rem; }
.legend button[aria-pressed=false] { opacity: 0.45; text-decoration: line-through; }
.legend canvas { width: 12px; height: 12px; }
.legend .line { width: 24px; }
.scroll { overflow-x: auto; margin: 0.75rem 0; }
table.data { border-collapse: collapse; width: 100%; font-size: 0.875rem; }
caption { text-align: left; color: var(--soft); padding: 0 0.5rem 0.35rem 0; font-size: 0.8125rem; }
table.data th, table.data td { padding: 0.3rem 0.6rem; text-align: left; vertical-align: baseline; border-bottom: 1px solid var(--line); }
table.data tr > :first-child { padding-left: 0.25rem; }
thead th { font-weight: 600; white-space: nowrap; vertical-align: bottom; }
thead small { display: block; }
tbody th, tfoot th { font-weight: 500; }
.reasons tbody th { white-space: nowrap; }
.outliers tbody th, table.brief tbody th { white-space: normal; overflow-wrap: anywhere; min-width: 11rem; max-width: 24rem; }
.outliers td:nth-child(6) { min-width: 13rem; }
tfoot th, tfoot td { border-bottom: 0; color: var(--soft); }
table.data .n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
tbody tr:hover { background: var(--hover); }
[data-t], .brief td.n { cursor: help; }
a { color: var(--accent); }
table.data th a { text-decoration: none; }
table.data th a:hover, table.data th a:focus { text-decoration: underline; }
.bar { float: left; width: 5rem; height: 0.6rem; margin: 0.4em 0.6rem 0 0; background: var(--hover); border-radius: 2px; fill: var(--accent); }
.tools { display: flex; flex-wrap: wrap; gap: 0.75rem; align-items: center; }
#search { border: 1px solid var(--line); border-radius: 6px; background: var(--card); padding: 0.35rem 0.7rem; width: min(22rem, 100%); }
#found { color: var(--soft); font-variant-numeric: tabular-nums; }
.tall .scroll { max-height: 34rem; overflow: auto; background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 0 0.75rem 0.5rem; }
.tall caption { padding-top: 0.6rem; }
.tall thead th { position: sticky; top: 0; background: var(--card); box-shadow: 0 1px 0 var(--line); }
.sortable th button { border: 0; background: none; padding: 0; font-weight: 600; cursor: pointer; text-align: inherit; }
.sortable th button span::after { content: " \\2195"; color: var(--soft); opacity: 0.5; }
.sortable th[aria-sort=ascending] button span::after { content: " \\2191"; opacity: 1; color: var(--accent); }
.sortable th[aria-sort=descending] button span::after { content: " \\2193"; opacity: 1; color: var(--accent); }
.sortable tbody th, .sortable tbody td { white-space: nowrap; }
.sortable tbody th { font-weight: 400; }
table.sortable thead th, table.sortable thead .n { white-space: normal; }
.warnings { background: var(--warn); border-left: 4px solid var(--warn-line); border-radius: 4px; padding: 0.5rem 1rem; margin: 1rem 0; }
.warnings ul { margin: 0; padding-left: 1rem; }
.facts { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: 0.25rem 1.25rem; margin: 0 0 1rem; font-size: 0.875rem; }
.facts dt { color: var(--soft); }
.facts dd { margin: 0; max-width: 58rem; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
details summary { cursor: pointer; }
details .facts { margin-top: 0.75rem; }
footer { margin-top: 3rem; border-top: 1px solid var(--line); font-size: 0.8125rem; }
pre { white-space: pre-wrap; }
#tip {
  position: fixed; z-index: 2; max-width: 22rem; padding: 0.6rem 0.8rem; border-radius: 8px; pointer-events: none;
  background: light-dark(#1c2126, #e9ecef); color: light-dark(#f4f6f8, #16191c); font-size: 0.8125rem; line-height: 1.45;
  box-shadow: 0 4px 16px rgb(0 0 0 / 25%);
}
#tip[hidden] { display: none; }
#tip p { margin: 0; }
#tip .value { font-weight: 600; font-variant-numeric: tabular-nums; }
tr[hidden] { display: none; }
@media (max-width: 36rem) {
  body { padding: 1.25rem 0.9rem 3rem; }
  .card { padding: 0.9rem; }
  h1 { font-size: 1.15rem; }
  table.data { font-size: 0.8125rem; }
  table.data th, table.data td { padding: 0.3rem 0.35rem; }
  .facts { grid-template-columns: 1fr; }
  .facts dd { margin-bottom: 0.4rem; }
}
@media print {
  :root, :root[data-theme] { color-scheme: light; --ground: #ffffff; font-size: 10.5px; }
  body { max-width: none; padding: 0; }
  .scroll { overflow: visible; }
  tfoot { display: table-row-group; }
  table.data th, table.data td { padding: 0.25rem 0.4rem; }
  #theme, .tools, #tip, .sortable th button span::after { display: none; }
  .card, article, figure, tr { break-inside: avoid; }
  h2, h3, caption { break-after: avoid; }
  .tall .scroll { max-height: none; overflow: visible; border: 0; padding: 0; }
  .tall thead th { position: static; }
  .cards, .pair { grid-template-columns: 1fr 1fr; }
  .plot { height: auto !important; }
  .plot canvas { max-width: 100%; height: auto !important; }
  :focus-visible { outline: none; }
}
`;
