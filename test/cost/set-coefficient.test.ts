import { expect } from 'chai';
import { costOf } from '../../src/cost/cycles.ts';
import { loadProfile } from '../../src/cost/load-profile.ts';
import { coefficientsOf, ProfileError } from '../../src/cost/profile.ts';
import { setCoefficient } from '../../src/cost/set-coefficient.ts';
import { createEvents, EVENT } from '../../src/path/events.ts';

const profile = loadProfile('aizu-2008');

function messageOf(assignment: string): string {
  try {
    setCoefficient(profile, 'flip', assignment);
  } catch (error) {
    if (error instanceof ProfileError) return error.message;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('setCoefficient', () => {
  it('changes a coefficient of the mode, and says who set it', () => {
    const changed = setCoefficient(profile, 'flip', 'cost.linearise.cyclesPerByte=0.5');
    const { linearise, ...others } = coefficientsOf(changed, 'flip');
    expect(linearise).to.include({ value: 0.5, grade: 'assumed', event: 'linearisedPayloadBytes' });
    expect(linearise?.source).to.equal('Set by the user. The profile has 0.89811908, fitted.');
    const { linearise: _, ...before } = coefficientsOf(profile, 'flip');
    expect(others).to.deep.equal(before);
    expect(coefficientsOf(changed, 'grant-copy')).to.deep.equal(coefficientsOf(profile, 'grant-copy'));
  });

  it('changes one that all modes share, and one after the other', () => {
    const changed = ['cost.lro.cyclesPerPacket=0', 'cost.lro.cyclesPerPacket=2.5e2'].reduce(
      (one, text) => setCoefficient(one, 'flip', text),
      profile,
    );
    const { lro } = coefficientsOf(changed, 'flip');
    expect(lro?.value).to.equal(250);
    const events = createEvents();
    events[EVENT.enginePackets] = 4;
    const input = { events, receiveMode: 'flip', configuration: 'LRO', goodputBytes: 1 } as const;
    expect(costOf({ ...input, profile: changed }).cycles.domain0).to.equal(1000);
    expect(costOf({ ...input, profile }).cycles.domain0).to.equal(4000);
  });

  const KNOWN =
    'there is cost.lro.cyclesPerPacket, cost.guestWire.cyclesPerPacket, cost.guestSkb.cyclesPerSkb, ' +
    'cost.wire.cyclesPerPacket, cost.skb.cyclesPerSkb, cost.linearise.cyclesPerByte, cost.netbackCopy.cyclesPerByte';
  const wrong: readonly (readonly [name: string, assignment: string, says: string])[] = [
    ['an unknown id', 'cost.copy.cyclesPerByte=1', KNOWN],
    ['the unit of another', 'cost.lro.cyclesPerByte=1', KNOWN],
    [
      'a coefficient of another mode',
      'cost.grantCopy.cyclesPerByte=1',
      'is no coefficient in receive mode flip',
    ],
    ['no prefix', 'lro.cyclesPerPacket=1', KNOWN],
    ['no value', 'cost.lro.cyclesPerPacket', "'' is not a number of 0 or more"],
    ['a negative value', 'cost.lro.cyclesPerPacket=-1', "'-1' is not a number"],
    ['no number', 'cost.lro.cyclesPerPacket=many', "'many' is not a number"],
    ['more than JSON could say', 'cost.lro.cyclesPerPacket=1e999', "'1e999' is not a number"],
    ['nothing', '', KNOWN],
  ];
  for (const [name, assignment, says] of wrong) {
    it(`refuses ${name}`, () => {
      expect(messageOf(assignment)).to.include(says);
    });
  }
});
