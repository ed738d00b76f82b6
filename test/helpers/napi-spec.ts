import type { NapiSpec } from '../../src/nic/napi-state.ts';

/** A GbE NIC with the moderation of the driver tg3. */
export const TG3: NapiSpec = {
  kind: 'napi',
  nic: 'test',
  moderation: { kind: 'coalesce', rxUsecs: 20, rxFrames: 5, timer: 'first' },
  ringPackets: 256,
  weight: 64,
  cpuGhz: 2.3,
  interruptLatencyUs: 5,
  perPacketShare: 0.5,
  afterFlush: 'interrupt',
  timeScale: 1,
};
