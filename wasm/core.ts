/**
 * The usual packets in WebAssembly: small loops over columns that stop at whatever is unusual, which the program's own
 * code then takes, as it would take everything. Compiled by `npm run build`; docs/performance.md.
 */

export { runBatch, runWindow } from './batch';
export { decode } from './decode';
export { countInetLro, endedSessions, endSessions } from './explain-inet-lro';
export { assignFlows, forgetFlows, rememberFlow } from './flows';
export { endHeldSkbs } from './gro-held';
export { filledSession, mergeInetLro } from './inet-lro';
export * from './layout';
export { endedSkbs, finishedSkb, forgetMarks, mergeLinuxGro } from './linux-gro';
export { runNapi } from './napi';
export { countTcp, observe } from './observe';
export { countReasons, passSkbs } from './path';
export { filterMac, firstAt, isInOrder } from './receiver';
export {
  countInetLroPolls,
  countLinuxGroPolls,
  endedInPolls,
  plainInPolls,
  stoppedAt,
} from './replayed-polls';
export { scanPcap, scanPcapng } from './scan';
export { countLengths, nextCounted, nextSyn } from './super-packets';
export { countLosses } from './taken';
