/** Link types (LINKTYPE_* of the tcpdump.org registry) that the decoder understands. */

export const LINK = {
  NULL: 0,
  ETHERNET: 1,
  /** DLT_RAW as some systems wrote it into files. */
  RAW_BSD: 12,
  RAW_OPENBSD: 14,
  RAW: 101,
  LOOP: 108,
  LINUX_SLL: 113,
  IPV4: 228,
  IPV6: 229,
  LINUX_SLL2: 276,
} as const;

const NAMES: Readonly<Record<number, string>> = {
  [LINK.NULL]: 'NULL',
  [LINK.ETHERNET]: 'Ethernet',
  [LINK.RAW_BSD]: 'raw IP',
  [LINK.RAW_OPENBSD]: 'raw IP',
  [LINK.RAW]: 'raw IP',
  [LINK.LOOP]: 'LOOP',
  [LINK.LINUX_SLL]: 'Linux SLL',
  [LINK.IPV4]: 'IPv4',
  [LINK.IPV6]: 'IPv6',
  [LINK.LINUX_SLL2]: 'Linux SLL2',
};

export function isKnownLinkType(linkType: number): boolean {
  return NAMES[linkType] !== undefined;
}

/** A name for people; unknown types as `link type 123`. */
export function linkTypeName(linkType: number): string {
  return NAMES[linkType] ?? `link type ${linkType}`;
}
