/** The usual frame: Ethernet without tags, IP without options or extension headers, not a fragment, TCP, all captured. */
import { big16, big32 } from './bytes';
import { assignWhileDecoding, beginFlows } from './flows';
import {
  ETHERNET_BYTES,
  IPV4_BYTES,
  IPV6_BYTES,
  LINK_ETHERNET,
  PLAIN_TCP4,
  PLAIN_TCP6,
  TCP_BYTES,
} from './header';
import {
  CAPTURED_BYTES,
  FRAME_OFFSET,
  IP_AT,
  IP_LENGTH,
  KIND,
  LINK_TYPE,
  PAYLOAD_BYTES,
  PLAIN,
  SEQ,
  TCP_AT,
  TCP_FLAGS,
  USUAL,
  WIRE_BYTES,
} from './layout';

/** As in src/packet/decode.ts. */
const MAX_FRAME_BYTES: i32 = 262_144;
/** Of the two bytes in memory order. */
const ETHERTYPE_IPV4: u32 = 0x0008;
const ETHERTYPE_IPV6: u32 = 0xdd86;
const NOT_FRAGMENTED: u32 = 0xff3f;
const PROTOCOL_TCP: u32 = 6;

/** Of a segment that inet_lro merges: data, no flags but ACK and PSH, timestamps, not marked as congested. */
const FLAGS_LOOKED_AT: i32 = 0xf0f7;
/** ACK, and 32 bytes of header. */
const USUAL_FLAGS: i32 = 0x8010;
const ECN_CE: u32 = 3;
/** In memory order. */
const TIMESTAMP_OPTION: u32 = 0x0a08_0101;

/** Decodes rows from `row` on; returns the first that is not usual, `count` if all are. */
export function decode(row: i32, count: i32): i32 {
  if (row === 0) {
    beginFlows();
    memory.fill(USUAL, 0, count);
    memory.fill(PLAIN, 0, count);
  }
  for (; row < count; row++) {
    const captured = load<i32>(row << 2, CAPTURED_BYTES);
    if (load<i32>(row << 2, LINK_TYPE) !== LINK_ETHERNET) return row;
    if (captured < ETHERNET_BYTES + IPV4_BYTES + TCP_BYTES) return row;
    if (load<i32>(row << 2, WIRE_BYTES) > MAX_FRAME_BYTES) return row;
    const frame = load<i32>(row << 2, FRAME_OFFSET);
    const ip = frame + ETHERNET_BYTES;
    const type = load<u16>(frame, 12);
    let tcp = ip + IPV4_BYTES;
    let length = 0;
    let kind = PLAIN_TCP4;
    if (type === ETHERTYPE_IPV4) {
      if (load<u8>(ip) !== 0x45 || load<u8>(ip, 9) !== PROTOCOL_TCP) return row;
      if ((load<u16>(ip, 6) & NOT_FRAGMENTED) !== 0) return row;
      length = big16(ip, 2);
    } else {
      if (type !== ETHERTYPE_IPV6 || captured < ETHERNET_BYTES + IPV6_BYTES + TCP_BYTES) return row;
      if (load<u8>(ip) >> 4 !== 6 || load<u8>(ip, 6) !== PROTOCOL_TCP) return row;
      const payload = big16(ip, 4);
      if (payload === 0) return row;
      length = payload + IPV6_BYTES;
      tcp = ip + IPV6_BYTES;
      kind = PLAIN_TCP6;
    }
    const flags = big16(tcp, 12);
    const headerBytes = (flags >> 10) & 0x3c;
    const payload = length - (tcp - ip) - headerBytes;
    // Headers that the length does not hold, or that were cut off.
    if (payload < 0 || length < tcp - ip + TCP_BYTES) return row;
    if (frame + captured - tcp < headerBytes) return row;
    store<u8>(row, kind, KIND);
    store<i32>(row << 2, ip, IP_AT);
    store<i32>(row << 2, tcp, TCP_AT);
    store<i32>(row << 2, length, IP_LENGTH);
    store<i32>(row << 2, big32(tcp, 4), SEQ);
    store<u16>(row << 1, flags, TCP_FLAGS);
    store<i32>(row << 2, payload, PAYLOAD_BYTES);
    if (kind !== PLAIN_TCP4) continue;
    if (
      payload !== 0 &&
      length === load<i32>(row << 2, WIRE_BYTES) - ETHERNET_BYTES &&
      isMergeable(ip, tcp, flags)
    )
      store<u8>(row, 1, USUAL);
    assignWhileDecoding(row, ip, tcp);
  }
  return count;
}

/** By what the columns do not hold. */
function isMergeable(ip: i32, tcp: i32, flags: i32): bool {
  if ((flags & FLAGS_LOOKED_AT) !== USUAL_FLAGS || load<u32>(tcp, 20) !== TIMESTAMP_OPTION) return false;
  return (load<u8>(ip, 1) & ECN_CE) !== ECN_CE && load<u32>(tcp, 28) !== 0;
}
