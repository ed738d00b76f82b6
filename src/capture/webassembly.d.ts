/** The part of the WebAssembly API in use; the full types come only with the browser library. */
declare namespace WebAssembly {
  class Memory {
    constructor(descriptor: { initial: number; maximum: number });
    readonly buffer: ArrayBuffer;
  }
  class Module {
    constructor(bytes: Uint8Array);
  }
  type Callback = (...numbers: [number, number, number, number]) => number | undefined;
  class Instance {
    constructor(
      module: Module,
      imports: Readonly<Record<string, Readonly<Record<string, Memory | Callback>>>>,
    );
    readonly exports: Readonly<Record<string, unknown>>;
  }
}
