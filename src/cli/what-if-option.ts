/** `--what-if usual | all | none | <names>`: which obstacles are replayed without. */
import { OBSTACLE, OBSTACLES, type ObstacleSet } from '../coalesce/obstacle.ts';
import { allObstacles, applicableObstacles, NO_POLLS } from '../replay/advice.ts';
import type { EngineName } from '../replay/coalesce.ts';
import { UsageError } from './usage.ts';

/** Cost little, because only polls in which they occur are replayed. */
const CHEAP: ObstacleSet = ~(OBSTACLE['poll-end'] | OBSTACLE.reordering);

/** The sets that an engine is replayed without, each once. Obstacles that its rules do not know are left out. */
export function parseWhatIf(text: string): (engine: EngineName) => readonly ObstacleSet[] {
  if (text === 'none') return () => [];
  if (text === 'all') {
    return (engine) => distinct(engine, [...singles(engine), NO_POLLS, allObstacles(engine)]);
  }
  if (text === 'usual') {
    return (engine) => distinct(engine, [...singles(engine).filter((set) => (set & CHEAP) !== 0), NO_POLLS]);
  }
  const sets = text.split(',').map((part) => ({ part, set: parseSet(part.trim()) }));
  return (engine) =>
    distinct(
      engine,
      sets.map(({ part, set }) => (part === 'upper-bound' ? allObstacles(engine) : set)),
    );
}

function singles(engine: EngineName): ObstacleSet[] {
  return applicableObstacles(engine).map((name) => OBSTACLE[name]);
}

function distinct(engine: EngineName, sets: readonly ObstacleSet[]): ObstacleSet[] {
  const known = allObstacles(engine);
  return [...new Set(sets.map((set) => set & known))].filter((set) => set !== 0);
}

function parseSet(text: string): ObstacleSet {
  if (text === 'upper-bound') return 0;
  return text.split('+').reduce((set, part) => {
    const name = OBSTACLES.find((known) => known === part.trim());
    if (name === undefined) {
      throw new UsageError(
        `--what-if: '${part}' is none of usual, all, none, upper-bound, ${OBSTACLES.join(', ')}`,
      );
    }
    return set | OBSTACLE[name];
  }, 0);
}
