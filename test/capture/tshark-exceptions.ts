/**
 * Where tshark 4.0 and we differ, file by file: why, and every difference there is. The files are test captures of
 * other projects, some broken on purpose.
 */

export interface Exception {
  readonly why: string;
  /** Blocks that tshark shows as packets of the protocol "data": as many, and left out of the comparison. */
  readonly customBlocks?: number;
  readonly differences: readonly string[];
}

const UNSUPPORTED = 'tshark does not support the link type, and reads no packet; we read and count them';
const NO_TIME = 'simple packet blocks have no time: we take that of the packet before, tshark none';

export const EXCEPTIONS: Readonly<Record<string, Exception>> = {
  'debian_tcpdump-4.99.6__edsa-high-vid.pcap': {
    why: UNSUPPORTED,
    differences: ['tshark reads 0 packets, we 4'],
  },
  'debian_tcpdump-4.99.6__frf16_magic_ie-oobr.pcap': {
    why: UNSUPPORTED,
    differences: ['tshark reads 0 packets, we 1'],
  },
  'the-tcpdump-group_libpcap__dsa.pcap': { why: UNSUPPORTED, differences: ['tshark reads 0 packets, we 8'] },
  'debian_tcpdump-4.99.6__atm-heapoverflow.pcap': {
    why: 'tshark takes the 4-byte header of ATM packets off their lengths; to us the link type is unknown',
    differences: ['packet 0: tshark 262140 0 -, we 262144 4 -'],
  },
  'the-tcpdump-group_libpcap__slip-sliplink_print-oobr.pcap': {
    why: 'a record of 225 bytes of which 255 were captured: we believe the captured ones',
    differences: ['packet 0: tshark 225 255 -, we 255 255 -'],
  },
  'debian_tcpdump-4.99.6__timestamp_invalid_nano.pcap': {
    why: 'a fraction of 2^31 ns: we add it, tshark prints a time with two signs',
    differences: ['packet 2: time differs by 2836290740000000000 ns'],
  },
  'google_gopacket__test011.pcapng': {
    why: NO_TIME,
    differences: [
      'packet 0: time differs by 1340954905298858000 ns',
      'packet 2: time differs by 1340954905298858000 ns',
    ],
  },
  'google_gopacket__test017.pcapng': { why: 'custom blocks', customBlocks: 4, differences: [] },
  'google_gopacket__test018.pcapng': {
    why: `custom blocks; ${NO_TIME}`,
    customBlocks: 4,
    differences: [
      'packet 0: time differs by 1340954905298858000 ns',
      'packet 2: time differs by 1340954905298858000 ns',
    ],
  },
  'google_gopacket__test102.pcapng': {
    why: `custom blocks; ${NO_TIME}`,
    customBlocks: 3,
    differences: ['packet 2: time differs by 1340954905298858000 ns'],
  },
  'zeek_zeek__missing_ldap_logs.pcapng': {
    why: 'IP lengths of 0, taken before segmentation offload: we give them as they are, tshark works them out',
    differences: [
      'packet 3: tshark 1862 1862 1848 1808 556736351 270713503 24 8212 - -, we 1862 1862 0 1808 556736351 270713503 24 8212 - -',
      'packet 238: tshark 1894 1894 1880 1840 1233144736 614254417 24 1026 - -, we 1894 1894 0 1840 1233144736 614254417 24 1026 - -',
      'packet 246: tshark 1894 1894 1880 1840 920976181 3744251919 24 1026 - -, we 1894 1894 0 1840 920976181 3744251919 24 1026 - -',
    ],
  },
};
