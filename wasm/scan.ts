/** Capture records to the first columns. Both scans stop before the first record that is not a usual one. */
import { CAPTURED_BYTES, FRAME_OFFSET, RESULTS, TIME_NS, WIRE_BYTES } from './layout';

/** As in src/capture/scanner.ts. */
const MAX_PACKET_BYTES: u32 = 262_144;
const MAX_WIRE_BYTES: u32 = 0x7fff_ffff;

const ENHANCED_PACKET: u32 = 6;
/** Of an enhanced packet block without options: header with first length, and last length. */
const BLOCK_BYTES: u32 = 32;
const BLOCK_HEADER_BYTES: u32 = 28;

/**
 * Records ahead, if all are as long as the last one: their places are looked at, so that the memory of large packets
 * is there when the scan comes to them. Each place is known from the one before only, and what another processor has
 * read takes long to come.
 */
const LOOK_AHEAD: u32 = 8;
/** Lets no compiler leave the looking out. */
export let lastTouched: u32 = 0;

function setResults(at: u32, bytes: u64, truncated: i32, shortest: u32): void {
  store<f64>(0, <f64>at, RESULTS);
  store<f64>(8, <f64>bytes, RESULTS);
  store<f64>(16, <f64>truncated, RESULTS);
  store<f64>(24, <f64>shortest, RESULTS);
}

/** Little-endian records of classic pcap from `at` on, into rows from `row` on. Returns the number of rows then. */
export function scanPcap(
  at: u32,
  end: u32,
  row: i32,
  capacity: i32,
  headerBytes: u32,
  baseSeconds: f64,
  baseNs: f64,
  nsPerTick: f64,
): i32 {
  let bytes: u64 = 0;
  let truncated: i32 = 0;
  let shortest: u32 = MAX_PACKET_BYTES;
  let stride: u32 = 0;
  let touched: u32 = 0;
  while (row < capacity && end - at >= headerBytes) {
    touched ^= load<u8>(at + LOOK_AHEAD * stride);
    const captured = load<u32>(at, 8);
    const original = load<u32>(at, 12);
    if (captured > MAX_PACKET_BYTES || original < captured || original > MAX_WIRE_BYTES) break;
    if (end - at < headerBytes + captured) break;
    const seconds = <f64>load<u32>(at);
    const ticks = <f64>load<u32>(at, 4);
    store<f64>(row << 3, (seconds - baseSeconds) * 1e9 + (ticks * nsPerTick - baseNs), TIME_NS);
    store<u32>(row << 2, at + headerBytes, FRAME_OFFSET);
    store<u32>(row << 2, captured, CAPTURED_BYTES);
    store<u32>(row << 2, original, WIRE_BYTES);
    if (captured < original) {
      truncated++;
      if (captured < shortest) shortest = captured;
    }
    bytes += original;
    stride = headerBytes + captured;
    at += stride;
    row++;
  }
  lastTouched = touched;
  setResults(at, bytes, truncated, shortest);
  return row;
}

/** Little-endian enhanced packet blocks without options of interface `id`, as `scanPcap`. */
export function scanPcapng(
  at: u32,
  end: u32,
  row: i32,
  capacity: i32,
  id: u32,
  baseHigh: f64,
  baseLow: f64,
  nsPerTick: f64,
  restNs: f64,
): i32 {
  let bytes: u64 = 0;
  let truncated: i32 = 0;
  let shortest: u32 = MAX_PACKET_BYTES;
  while (row < capacity && end - at >= BLOCK_BYTES) {
    if (load<u32>(at) !== ENHANCED_PACKET || load<u32>(at, 8) !== id) break;
    const captured = load<u32>(at, 20);
    const original = load<u32>(at, 24);
    if (captured > MAX_PACKET_BYTES || original < captured || original > MAX_WIRE_BYTES) break;
    const length = BLOCK_BYTES + ((captured + 3) & ~3);
    if (load<u32>(at, 4) !== length || end - at < length) break;
    if (load<u32>(at + length - 4) !== length) break;
    const high = <f64>load<u32>(at, 12) - baseHigh;
    const low = <f64>load<u32>(at, 16) - baseLow;
    store<f64>(row << 3, (high * 4_294_967_296.0 + low) * nsPerTick - restNs, TIME_NS);
    store<u32>(row << 2, at + BLOCK_HEADER_BYTES, FRAME_OFFSET);
    store<u32>(row << 2, captured, CAPTURED_BYTES);
    store<u32>(row << 2, original, WIRE_BYTES);
    if (captured < original) {
      truncated++;
      if (captured < shortest) shortest = captured;
    }
    bytes += original;
    at += length;
    row++;
  }
  setResults(at, bytes, truncated, shortest);
  return row;
}
