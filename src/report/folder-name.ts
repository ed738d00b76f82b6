const CAPTURE_EXTENSION = /\.(?:pcap|pcapng|pcapng?\d+|cap|ntar|dmp|trace|gz|gzip|zst|zstd)$/i;
/** Names that Windows keeps for devices, with or without an extension. */
const DEVICE_NAME = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;
/** File systems allow 255 bytes; the rest is for whoever puts the folder into an archive. */
const MAX_LENGTH = 120;

/**
 * Name of the report folder of a capture: its name without its endings, made safe. Two captures can get the same
 * name (`a.pcap` and `a.pcapng`): who writes several reports has to tell them apart.
 */
export function reportFolderName(captureName: string): string {
  let stem = captureName;
  while (CAPTURE_EXTENSION.test(stem)) stem = stem.replace(CAPTURE_EXTENSION, '');
  return safeName(stem);
}

/**
 * One path component of `A-Z a-z 0-9 . _ + @ -` and inner spaces, at most 120 characters long: never empty, `.`, `..`,
 * hidden or option-like. `text` may be anything.
 */
export function safeName(text: string): string {
  const name = text
    .replace(/[^A-Za-z0-9._+@ -]/g, '_')
    .replace(/^[. -]+/, '')
    .slice(0, MAX_LENGTH)
    .replace(/[. ]+$/, '');
  if (name === '') return 'capture';
  return DEVICE_NAME.test(name) ? `_${name}` : name;
}
