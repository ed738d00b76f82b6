/**
 * The receive offload of gVisor's network stack, after the published rules in docs/engines/gvisor.md: those of Linux GRO with
 * two differences. Not checked against running code.
 */
import type { PacketTable } from '../packet/table.ts';
import type { Engine, SkbSink } from './engine.ts';
import { createLinuxGro, type LinuxGroOptions } from './linux-gro.ts';

export function createGvisor(table: PacketTable, options: LinuxGroOptions, sink: SkbSink): Engine {
  return createLinuxGro(table, { ...options, plainEqual: true }, sink);
}
