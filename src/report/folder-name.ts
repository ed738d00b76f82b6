const CAPTURE_EXTENSION = /\.(?:pcap|pcapng|pcapng?\d+|cap|ntar|dmp|trace|gz|gzip|zst|zstd)$/i;
/** Names that Windows keeps for devices, with or without an extension. */
const DEVICE_NAME = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;
/** File systems allow 255 bytes; the rest is for whoever puts the folder into an archive. */
const MAX_LENGTH = 120;

/**
 * Name of the report folder of a capture. One path component of `A-Z a-z 0-9 . _ + @ -` and inner spaces, at most
 * 120 characters long: never empty, `.`, `..`, hidden or option-like. `captureName` may be any text. Two captures can
 * get the same name (`a.pcap` and `a.pcapng`): who writes several reports has to tell them apart.
 */
export function reportFolderName(captureName: string): string {
  let stem = captureName;
  while (CAPTURE_EXTENSION.test(stem)) stem = stem.replace(CAPTURE_EXTENSION, '');
  const name = stem
    .replace(/[^A-Za-z0-9._+@ -]/g, '_')
    .replace(/^[. -]+/, '')
    .slice(0, MAX_LENGTH)
    .replace(/[. ]+$/, '');
  if (name === '') return 'capture';
  return DEVICE_NAME.test(name) ? `_${name}` : name;
}
