/** What the lane of a poll model keeps, as src/nic/core-lane.ts fills it: offsets into its block. */

/** Doubles, 8 bytes each: of the NAPI simulation, the clock, the moderation and the histogram; times in ns. */
export const ARRIVAL: i32 = 0;
export const ARMED: i32 = 8;
export const FIRE: i32 = 16;
export const POLLS: i32 = 24;
export const DROPPED: i32 = 32;
export const INTERRUPTS: i32 = 40;
export const NOW: i32 = 48;
export const TIMER: i32 = 56;
export const LAST_FIRED: i32 = 64;
export const HOLD_COUNT: i32 = 72;
export const HOLD_SUM: i32 = 80;
export const HOLD_MAX: i32 = 88;
export const RING_START: i32 = 96;
/** These do not change. */
export const LATENCY: i32 = 104;
export const TIME_SCALE: i32 = 112;
export const PER_PACKET: i32 = 120;
export const PER_POLL: i32 = 128;
export const DELAY: i32 = 136;

/** Words, 4 bytes each. */
export const PHASE: i32 = 144;
export const WAITING: i32 = 148;
export const IN_POLL: i32 = 152;
export const RING_HEAD: i32 = 156;
export const RING_COUNT: i32 = 160;
export const RING_WAITING: i32 = 164;
export const NODES_USED: i32 = 168;
export const NODE_FREE: i32 = 172;
export const OFFSETS: i32 = 176;
/**
 * These are counted anew by each call; the last ones are packets that no slot took of an engine that has some, and how many of
 * them because none was free.
 */
export const FLUSHED: i32 = 180;
export const LOGGED: i32 = 184;
export const ALONE: i32 = 188;
export const NO_DESC: i32 = 192;
/** These do not change; the last ones are addresses. */
export const ID: i32 = 196;
export const WEIGHT: i32 = 200;
export const POLLS_AGAIN: i32 = 204;
export const INTERVAL: i32 = 208;
export const RESTARTS: i32 = 212;
export const RX_FRAMES: i32 = 216;
export const RING_PACKETS: i32 = 220;
export const MAX_DESC: i32 = 224;
export const MAX_AGGR: i32 = 228;
export const LENGTH_LIMIT: i32 = 232;
export const REASON_POLL_END: i32 = 236;
export const SLOTS: i32 = 240;
/** Words of linux-gro where that merges (wasm/gro-held.ts), 0 where inet_lro does. */
export const GRO: i32 = 244;
/** What `analyze explain` counts beside (wasm/explain-lane.ts), 0 where nobody asks. */
export const EXPLAINED: i32 = 248;
export const RING: i32 = 252;
export const NODE_ARRIVAL: i32 = 256;
export const NODE_NEXT: i32 = 260;
export const NEWEST: i32 = 264;
export const OFFSET_NS: i32 = 268;
export const BUCKETS: i32 = 272;
export const PRICE_SIZES: i32 = 276;
export const PRICE_NS: i32 = 280;
/** 0 for a poll model that has no clock, and uses none of what it needs. */
export const HAS_CLOCK: i32 = 284;

/** Phases, as in src/nic/napi-state.ts. */
export const PHASE_IDLE: i32 = 0;
export const PHASE_WAITING: i32 = 1;
export const PHASE_POLLING: i32 = 2;
