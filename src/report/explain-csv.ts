export function explainCsvFiles(_r: unknown): {name:string;text:string}[] { return []; }
