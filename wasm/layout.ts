/**
 * Where everything stands in the memory of the core: the reading window at 0, so that offsets into it are addresses,
 * then the columns of a packet table, then what kernels keep, then what the engines ask for. The program takes these
 * numbers from the compiled module (src/capture/core.ts).
 */

export const WINDOW_BYTES: i32 = 7_274_496;
/** Rows of a block at most. */
export const MAX_ROWS: i32 = 2048;

/** Between columns, so that the same row of all of them does not fall on the same lines of the first-level cache. */
const GAP: i32 = 64;

export const TIME_NS: i32 = WINDOW_BYTES;
export const FRAME_OFFSET: i32 = TIME_NS + 8 * MAX_ROWS + GAP;
export const CAPTURED_BYTES: i32 = FRAME_OFFSET + 4 * MAX_ROWS + GAP;
export const WIRE_BYTES: i32 = CAPTURED_BYTES + 4 * MAX_ROWS + GAP;
export const LINK_TYPE: i32 = WIRE_BYTES + 4 * MAX_ROWS + GAP;
export const IP_AT: i32 = LINK_TYPE + 4 * MAX_ROWS + GAP;
export const TCP_AT: i32 = IP_AT + 4 * MAX_ROWS + GAP;
export const IP_LENGTH: i32 = TCP_AT + 4 * MAX_ROWS + GAP;
export const SEQ: i32 = IP_LENGTH + 4 * MAX_ROWS + GAP;
export const PAYLOAD_BYTES: i32 = SEQ + 4 * MAX_ROWS + GAP;
export const FLOW: i32 = PAYLOAD_BYTES + 4 * MAX_ROWS + GAP;
export const RECEIVED_ROWS: i32 = FLOW + 4 * MAX_ROWS + GAP;
export const TCP_FLAGS: i32 = RECEIVED_ROWS + 4 * MAX_ROWS + GAP;
export const KIND: i32 = TCP_FLAGS + 2 * MAX_ROWS + GAP;
export const DIRECTION: i32 = KIND + MAX_ROWS + GAP;
/** Of this module alone: whether a row is a usual segment of inet_lro by its own headers (wasm/decode.ts). */
export const USUAL: i32 = DIRECTION + MAX_ROWS + GAP;

/** Whether linux-gro finds a row plain (wasm/gro-held.ts), 0 until somebody asks; and then the hash of its flow. */
export const PLAIN: i32 = USUAL + MAX_ROWS + GAP;
export const HASHES: i32 = PLAIN + MAX_ROWS + GAP;

/** Flows met lately: 16 bytes each. */
export const FLOW_CACHE: i32 = HASHES + 4 * MAX_ROWS + GAP;
export const FLOW_CACHE_ENTRIES: i32 = 4096;

/** Where a scan stopped and what it counted: four doubles. */
export const RESULTS: i32 = FLOW_CACHE + 16 * FLOW_CACHE_ENTRIES;

/** Skbs that the lane of the last `runNapi` delivered, in order: 24 bytes an entry. */
export const LOG: i32 = RESULTS + 64;
export const LOG_ENTRIES: i32 = 1024;

/**
 * For each received packet of the block: what the plain run of an engine says of it to its replays (linux-gro.ts,
 * losses.ts), a byte, and for inet_lro its TSval.
 */
export const MARKS: i32 = LOG + 24 * LOG_ENTRIES;
export const TSVALS: i32 = MARKS + MAX_ROWS;

/**
 * Of a received packet that others follow which differ in nothing that a replay looks at: the one after the last of them; 0 for
 * all others. wasm/losses.ts says what is equal.
 */
export const RUNS: i32 = TSVALS + 4 * MAX_ROWS;

/** Free for engines and lanes. */
export const FREE: i32 = RUNS + 4 * MAX_ROWS;
/**
 * Some 100 lanes of a sweep, or what two engines that are explained count of flows, with 16,384 skbs of linux-gro and their
 * headers; pages that nobody touches cost nothing.
 */
export const MEMORY_BYTES: i32 = 134_217_728;
