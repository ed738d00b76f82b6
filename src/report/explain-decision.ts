/** What an engine decided about one packet, as a sentence. */
import type { Delivery, PacketDecision } from '../replay/explain-result.ts';

export function describeDecision(packet: number, decision: PacketDecision | null): string {
  if (decision === null) return `${packet}: not received by this engine.`;
  const { fate, ended, delivered } = decision;
  const parts: string[] = [];
  if (ended !== null) {
    parts.push(`ended the skb of packet ${ended.firstPacket} (${segments(ended)}): ${rule(ended)}`);
  }
  if (fate === 'alone') parts.push(alone(ended, delivered));
  else {
    const verb = fate === 'opened' ? 'opened an skb' : `joined the skb${headOf(delivered)}`;
    parts.push(
      delivered === null ? verb : `${verb}, which left with ${segments(delivered)}: ${rule(delivered)}`,
    );
  }
  return `${packet}: ${parts.join('; ')}.`;
}

function alone(ended: Delivery | null, delivered: Delivery | null): string {
  if (delivered === null || ended?.reason === delivered.reason) return 'went up alone';
  return `went up alone: ${rule(delivered)}`;
}

function segments({ segments: number }: Delivery): string {
  return `${number} ${number === 1 ? 'packet' : 'packets'}`;
}

function headOf(delivered: Delivery | null): string {
  return delivered === null ? '' : ` of packet ${delivered.firstPacket}`;
}

/** The reason, the packet that brought it about, and what was compared. */
function rule({ reason, compared, byPacket }: Delivery): string {
  const by = byPacket === null ? '' : ` by packet ${byPacket}`;
  if (compared === null) return `${reason}${by}`;
  const { quantity, packet, held } = compared;
  return `${reason}${by} (${quantity} ${packet}${held === null ? '' : ` against ${held}`})`;
}
