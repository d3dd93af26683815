import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Call, Verb } from '#app/verb.ts'
import { intents } from '#app/verbs/intents.ts'
import { redact } from '#app/verbs/redact.ts'
import { readConfig } from '#kernel/config.ts'

/** A folder with files, and a verb in it; what it printed, said and wrote. */
function tool(verb: Verb, files: Record<string, string>) {
  const from = mkdtempSync(join(tmpdir(), 'verb-'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(from, name), text)
  const said: string[] = []
  const run = (positionals: string[], options: Record<string, string | true>): Promise<number> => {
    const call: Call = {
      config: readConfig({}, from),
      from,
      positionals,
      json: false,
      text: (option) => (typeof options[option] === 'string' ? options[option] : undefined),
      flag: (option) => options[option] === true,
      print: (line) => void said.push(line),
      printJson: (value) => void said.push(JSON.stringify(value)),
      say: (line) => void said.push(line),
    }
    return verb.run(call)
  }
  const lines = (name: string): unknown[] => readFileSync(join(from, name), 'utf8').trimEnd().split('\n').map((line): unknown => JSON.parse(line)) // prettier-ignore
  return { run, lines, said }
}

describe('millrace redact', () => {
  const texts = [
    '{"id": 1, "text": "Write to anna@example.com"}',
    '{"id": "b", "text": "Nothing here", "more": true}',
    'no json',
    '',
    '{"id": "c"}',
    '{"id": "d", "text": "the blue river order"}',
  ].join('\n')

  it('writes each text redacted with its places, tells lines it cannot read, and ends with 3', async () => {
    const { run, lines, said } = tool(redact, { 'in.jsonl': texts })
    expect(await run(['in.jsonl'], { out: 'out.jsonl' })).toBe(3)
    expect(lines('out.jsonl')).toEqual([
      { id: 1, text: 'Write to [EMAIL_ADDRESS_1]', spans: [{ start: 9, end: 25, type: 'EMAIL_ADDRESS' }] },
      { id: 'b', text: 'Nothing here', spans: [] },
      { id: 'd', text: 'the blue river order', spans: [] },
    ])
    expect(said.filter((line) => /^in\.jsonl, line [35]:/.test(line))).toHaveLength(2)
    expect(said.at(-1)).toBe('2 lines left out')
  })

  it('finds the names of a dictionary', async () => {
    const { run, lines } = tool(redact, { 'in.jsonl': texts.split('\n').at(-1)!, 'names.txt': 'Blue River\n\n' })
    expect(await run(['in.jsonl'], { out: 'out.jsonl', names: 'names.txt' })).toBe(0)
    expect(lines('out.jsonl')).toMatchObject([{ text: 'the [PERSON_1] order' }])
  })

  it('writes over nothing it reads, and says how to ask', async () => {
    const { run } = tool(redact, { 'in.jsonl': texts })
    await expect(run(['in.jsonl'], { out: 'in.jsonl' })).rejects.toThrow('would overwrite')
    await expect(run(['other.jsonl'], { out: 'out.jsonl' })).rejects.toThrow('no file other.jsonl')
    await expect(run(['in.jsonl'], {})).rejects.toThrow('Say: millrace redact')
    await expect(run(['in.jsonl'], { out: 'nowhere/out.jsonl' })).rejects.toThrow('make it first')
  })
})

describe('millrace intents', () => {
  const things = [
    'parcel',
    'order',
    'bag',
    'box',
    'gift',
    'letter',
    'post',
    'beans',
    'cup',
    'grinder',
    'kettle',
    'scale',
  ]
  const rows = things.flatMap((thing) => [
    `"Where, oh where, is my ${thing}",where`,
    `I want a refund for the ${thing},refund`,
  ])
  const files = {
    'a:b.csv': ['message,about', ...rows, ',where', 'no intent,'].join('\n'),
    'in.jsonl': '{"id": 1, "text": "refund the spoon"}\n{"id": 2, "text": "qqq"}\nbad\n',
  }

  it('learns from columns of a CSV, and answers lines of JSON', async () => {
    const { run, lines, said } = tool(intents, files)
    expect(await run(['train', 'a:b.csv:message:about'], { out: 'model', words: true })).toBe(3)
    expect(said).toContain('24 texts of 2 intents learned')
    expect(await run(['predict', 'model', 'in.jsonl'], { out: 'out.jsonl' })).toBe(3)
    expect(lines('out.jsonl')).toEqual([
      { id: 1, intent: 'refund', nearest: 'refund', confidence: expect.any(Number) as number },
      { id: 2, intent: null, nearest: expect.any(String) as string, confidence: expect.any(Number) as number },
    ])
  })

  it('says which columns there are, and refuses a model that is none', async () => {
    const { run } = tool(intents, files)
    await expect(run(['train', 'a:b.csv:text:about'], { out: 'm', words: true })).rejects.toThrow(
      'it has message, about',
    )
    await expect(run(['train', 'a:b.csv'], { out: 'm' })).rejects.toThrow('Which columns?')
    await expect(run(['predict', 'a:b.csv', 'in.jsonl'], { out: 'm' })).rejects.toThrow('no model of intents')
  })
})
