const WASM_PAGE_BYTES = 65_536;

/** Bytes that begin with a page of memory, as those of large arrays do not: files are read there at full speed (window.ts). */
export function alignedBytes(length: number): Uint8Array<ArrayBuffer> {
  const pages = Math.ceil(length / WASM_PAGE_BYTES);
  return new Uint8Array(new WebAssembly.Memory({ initial: pages, maximum: pages }).buffer, 0, length);
}
