/**
 * Flows met lately, by addresses and ports, in a table with one place for each hash: a flow takes the place of the one
 * before. An entry is the two IPv4 addresses, the two ports, and the flow's index plus 1; all zero when it is empty.
 */
import { FLOW, FLOW_CACHE, FLOW_CACHE_ENTRIES, IP_AT, KIND, TCP_AT } from './layout';

const KIND_IPV4: u32 = 8;
/** Of an entry: the addresses stand first. */
const PORTS: i32 = 8;
const INDEX: i32 = 12;
const SOURCE_AND_DESTINATION: i32 = 12;

function entryOf(addresses: u64, ports: u32): i32 {
  const hash = (addresses ^ (<u64>ports * 0x9e37_79b9)) * 0x9e37_79b9_7f4a_7c15;
  return FLOW_CACHE + (<i32>(hash >> 52) & (FLOW_CACHE_ENTRIES - 1)) * 16;
}

/** Sets the flows of rows from `row` on; returns the first whose flow is not known here, `count` if all are. */
export function assignFlows(row: i32, count: i32): i32 {
  let last = FLOW_CACHE;
  for (; row < count; row++) {
    const tcp = load<i32>(row << 2, TCP_AT);
    if (tcp === 0) {
      store<i32>(row << 2, -1, FLOW);
      continue;
    }
    if ((load<u8>(row, KIND) & KIND_IPV4) === 0) return row;
    const addresses = load<u64>(load<i32>(row << 2, IP_AT), SOURCE_AND_DESTINATION);
    const ports = load<u32>(tcp);
    if (load<u64>(last) !== addresses || load<u32>(last, PORTS) !== ports) {
      last = entryOf(addresses, ports);
      if (load<u64>(last) !== addresses || load<u32>(last, PORTS) !== ports) return row;
    }
    const index = load<i32>(last, INDEX);
    if (index === 0) return row;
    store<i32>(row << 2, index - 1, FLOW);
  }
  return count;
}

/** Notes the flow of an IPv4 row that has one. */
export function rememberFlow(row: i32): void {
  const addresses = load<u64>(load<i32>(row << 2, IP_AT), SOURCE_AND_DESTINATION);
  const ports = load<u32>(load<i32>(row << 2, TCP_AT));
  const entry = entryOf(addresses, ports);
  store<u64>(entry, addresses);
  store<u32>(entry, ports, PORTS);
  store<i32>(entry, load<i32>(row << 2, FLOW) + 1, INDEX);
}
