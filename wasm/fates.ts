/** Where packets of a lane that is explained went, by flow and reason: the rows of src/replay/fate-counts.ts. */

/** As WORD there: offsets of words. */
const ID: i32 = 0;
const ROW_OF: i32 = 4;
const NUMBERS: i32 = 8;
const ROW_BYTES: i32 = 12;
const PLACE_OF: i32 = 16;

/** Of a reason in a row, doubles; skbs come first. */
const PACKETS: i32 = 8;
const BYTES: i32 = 16;
const DATA_SKBS: i32 = 24;

/** Makes a row for the flow, and a place for the reason. */
declare function meetFate(id: i32, flow: i32, reason: i32): void;

/** One skb. `flow` is -1 where it has none: that is row 0, which is no flow's. */
export function countFate(fates: i32, flow: i32, reason: i32, segments: i32, payload: i32): void {
  let row = rowOf(fates, flow);
  let place = placeOf(fates, reason);
  if (place < 0 || (row === 0 && flow >= 0)) {
    meetFate(load<i32>(fates, ID), flow, reason);
    row = rowOf(fates, flow);
    place = placeOf(fates, reason);
  }
  const at = load<i32>(fates, NUMBERS) + row * load<i32>(fates, ROW_BYTES) + (place << 3);
  store<f64>(at, load<f64>(at) + 1);
  store<f64>(at, load<f64>(at, PACKETS) + <f64>segments, PACKETS);
  store<f64>(at, load<f64>(at, BYTES) + <f64>payload, BYTES);
  store<f64>(at, load<f64>(at, DATA_SKBS) + <f64>i32(payload > 0), DATA_SKBS);
}

function rowOf(fates: i32, flow: i32): i32 {
  return flow < 0 ? 0 : <i32>load<u16>(load<i32>(fates, ROW_OF) + (flow << 1));
}

function placeOf(fates: i32, reason: i32): i32 {
  return load<i32>(load<i32>(fates, PLACE_OF) + (reason << 2));
}
