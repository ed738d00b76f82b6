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
  const hash = (addresses ^ (<u64>ports * 0x9e37_79b9)) * 0x9_e377_9b97_f4a7;
  return FLOW_CACHE + (<i32>(hash >> 52) & (FLOW_CACHE_ENTRIES - 1)) * 16;
}

/** Rows of the block whose flows were set while they were decoded: 0 … known-1. */
let known: i32 = 0;
/** The entry used last, to be looked at first. */
let recent: i32 = FLOW_CACHE;

/** A block begins. */
export function beginFlows(): void {
  known = 0;
}

/** Sets the flow of an IPv4 row if it is known here, and those of all rows before it were. */
export function assignWhileDecoding(row: i32, ip: i32, tcp: i32): void {
  if (row !== known) return;
  const addresses = load<u64>(ip, SOURCE_AND_DESTINATION);
  const ports = load<u32>(tcp);
  let entry = recent;
  if (load<u64>(entry) !== addresses || load<u32>(entry, PORTS) !== ports) {
    entry = entryOf(addresses, ports);
    if (load<u64>(entry) !== addresses || load<u32>(entry, PORTS) !== ports) return;
    recent = entry;
  }
  const index = load<i32>(entry, INDEX);
  if (index === 0) return;
  store<i32>(row << 2, index - 1, FLOW);
  known = row + 1;
}

/** Forgets all flows: they belong to another table of flows. */
export function forgetFlows(): void {
  memory.fill(FLOW_CACHE, 0, 16 * FLOW_CACHE_ENTRIES);
  known = 0;
}

/** Sets the flows of rows from `row` on; returns the first whose flow is not known here, `count` if all are. */
export function assignFlows(row: i32, count: i32): i32 {
  let last = FLOW_CACHE;
  if (row < known) row = known;
  known = 0;
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
