export function explainChartFiles(_r: unknown): {name:string;text:string}[] { return []; }
