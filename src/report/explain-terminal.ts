import type { ExplainRecord } from '../replay/explain-result.ts';
export function renderExplanation(record: ExplainRecord): string {
  return JSON.stringify(record.engines.map((e)=>({e:e.engine,p:e.packets,skbs:e.skbs,rate:e.lroRate,reasons:e.reasons.map(r=>r.reason+' '+r.packets+'/'+r.skbs).join(', '),whatIfs:e.whatIfs.map(w=>w.without.join('+')+' '+w.lroRate+' '+w.gain),losses:e.losses,flows:e.flows.length})),null,1)+'\n';
}
