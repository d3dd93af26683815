import { slotsBetween, type ScheduleDefinition } from './timetable.ts'

const minuteMs = 60_000
/** A machine that was off for longer counts what it missed from here. */
const lookBackMs = 31 * 24 * 60 * minuteMs

/** What a timetable asks for now. `late`: the newest start that came too late, and how many did. */
export type Due = { slots: Date[]; late: { last: Date; count: number } | null; seenUntil: Date }

/**
 * The starts to decide on since the last look: each once, none lost within the grace, and those that are later expired
 * together instead of flooding. A clock that was set back asks for nothing until it has caught up.
 */
export function dueSince(
  definition: Pick<ScheduleDefinition, 'cron' | 'zone' | 'graceMinutes'>,
  seenUntil: Date,
  now: Date,
): Due {
  if (now <= seenUntil) return { slots: [], late: null, seenUntil }
  const from = new Date(Math.max(seenUntil.getTime(), now.getTime() - lookBackMs))
  const since = slotsBetween(definition, from, now)
  const inTime = (slot: Date): boolean => slot.getTime() >= now.getTime() - definition.graceMinutes * minuteMs
  const late = since.filter((slot) => !inTime(slot))
  const last = late.at(-1)
  return { slots: since.filter(inTime), late: last ? { last, count: late.length } : null, seenUntil: now }
}
