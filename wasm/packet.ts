/** Sizes of a packet that is delivered as it came, as in src/replay/timed-sink.ts and frame-bytes.ts. */
import { ETHERNET_BYTES } from './header';
import { FRAME_OFFSET, IP_AT, IP_LENGTH, KIND, PAYLOAD_BYTES, TCP_AT, WIRE_BYTES } from './layout';

export const IPV4_OR_IPV6: i32 = 24;

/** Of TCP. */
export function payloadBytes(row: i32): i32 {
  return load<i32>(row << 2, TCP_AT) === 0 ? 0 : max<i32>(0, load<i32>(row << 2, PAYLOAD_BYTES));
}

export function frameBytes(row: i32): i32 {
  const wire = load<i32>(row << 2, WIRE_BYTES);
  if ((<i32>load<u8>(row, KIND) & IPV4_OR_IPV6) === 0) return wire;
  const length = load<i32>(row << 2, IP_LENGTH);
  const linkBytes = load<i32>(row << 2, IP_AT) - load<i32>(row << 2, FRAME_OFFSET);
  return ETHERNET_BYTES + (length > 0 ? length : wire - linkBytes);
}
