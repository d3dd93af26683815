import { defaultPlan, readExperiment, type Readout } from './readout.ts'
import type { Counted } from './counted.ts'
import type { ArmCount } from '../queries/experiments.ts'
import { emptyArm, withBefore, type WithBefore } from './before.ts'

/** Arms read side by side, the first the control. */
export type Compared = { readout: Readout; before: WithBefore }

/** An arm by its name in the counts, what it is called, and its share by the plan, in any unit; `evened` as in readout.ts. */
export type PlannedArm = { counted: string; name: string; weight: number; evened?: Counted }

/** Reads counted arms by their plan; an arm nobody was counted for has nobody. */
export function compared(planned: readonly PlannedArm[], counts: readonly ArmCount[]): Compared {
  const byName = new Map(counts.map((one) => [one.arm, one]))
  const arms = planned.map(({ counted }) => byName.get(counted) ?? emptyArm(counted))
  const read = planned.map(({ name, weight, evened }, at) => {
    const { people, converted } = arms[at]!
    return { name, weight, people, converted, ...(evened ? { evened } : {}) }
  })
  return { readout: readExperiment(read), before: withBefore(arms, defaultPlan.errorRate) }
}
