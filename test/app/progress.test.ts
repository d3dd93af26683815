import { describe, expect, it } from 'vitest'
import { progressBar, type Screen } from '#app/progress.ts'
import { stoppedClock } from '#kernel/clock.ts'

const start = new Date('2026-09-01T08:00:00Z')

function aScreen(isTTY: boolean): Screen & { lines: string[]; wiped: number } {
  const lines: string[] = []
  const screen = {
    isTTY,
    columns: 100,
    lines,
    wiped: 0,
    draw: (line: string) => void lines.push(line),
    say: (line: string) => void lines.push(line),
    wipe: () => void (screen.wiped += 1),
  }
  return screen
}

describe('the progress of long work', () => {
  it('is a bar on a terminal: share, rows, speed and the time that is left', () => {
    const [clock, screen] = [stoppedClock(start), aScreen(true)]
    const bar = progressBar({ json: false }, 'orders', { clock, screen })
    bar(0, 1000, 0)
    clock.advance(50)
    bar(1, 1000, 1)
    clock.advance(9950)
    bar(250, 1000, 5000)
    bar.end()
    expect(screen.lines).toEqual([
      '░░░░░░░░░░░░░░░░░░░░░░░░ orders: 0 %, 0 rows',
      '██████░░░░░░░░░░░░░░░░░░ orders: 25 %, 5,000 rows, 500 a second, 30 s left',
    ])
    expect(screen.wiped).toBe(1)
  })

  it('is a line every ten seconds elsewhere, and none where the work is short', () => {
    const [clock, screen] = [stoppedClock(start), aScreen(false)]
    const bar = progressBar({ json: false }, 'replay', { clock, screen })
    for (let second = 1; second <= 25; second += 1) {
      clock.advance(1000)
      bar(second * 10, null)
    }
    bar.end()
    expect(screen.lines).toEqual(['replay: 100 rows, 10 a second', 'replay: 200 rows, 10 a second'])
    expect(screen.wiped).toBe(0)
  })

  it('never stands beside an answer for programs', () => {
    const [clock, screen] = [stoppedClock(start), aScreen(true)]
    const bar = progressBar({ json: true }, 'orders', { clock, screen })
    clock.advance(60_000)
    bar(1, 2)
    bar.end()
    expect(screen.lines).toEqual([])
  })
})
