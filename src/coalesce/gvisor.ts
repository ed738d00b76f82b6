/**
 * The receive offload of gVisor's network stack, after the published rules in docs/engines/gvisor.md: those of Linux GRO with
 * two differences. Not checked against running code.
 */
import type { PacketTable } from '../packet/table.ts';
import type { Engine, SkbSink } from './engine.ts';
import { createLinuxGro, type LinuxGroOptions } from './linux-gro.ts';

export function createGvisor(table: PacketTable, options: LinuxGroOptions, sink: SkbSink): Engine {
  const rules = { ...options, tunnels: false, equalSizes: true };
  const { counters, receive, flushAll } = createLinuxGro(table, rules, sink);
  // What survives the end of a poll is not known of gVisor's interval timer: nothing does.
  return { counters, receive, flushAll };
}
