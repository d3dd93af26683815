import { describe, expect, it } from 'vitest'
import { sizeOf } from '#rag/form-size.ts'
import { forms } from '#rag/forms.ts'

describe('the size of a text', () => {
  it('counts an SMS in parts, and a sign that GSM lacks makes each shorter', () => {
    const sms = (text: string) => sizeOf(text, forms.sms)
    expect(sms('a'.repeat(160))).toMatchObject({ isOver: false, words: expect.stringContaining('1 SMS') as unknown })
    expect(sms('a'.repeat(161)).words).toContain('2 SMS')
    expect(sms('a'.repeat(459))).toMatchObject({ isOver: false, most: 459 })
    expect(sms('a'.repeat(460)).isOver).toBe(true)
    expect(sms('€'.repeat(80)).used).toBe(160)
    expect(sms('’'.repeat(71)).words).toContain('2 SMS in Unicode')
    expect(sms('’'.repeat(202)).isOver).toBe(true)
    // Seven places are left at the end of each part when € needs two: none is torn apart.
    expect(sms(`${'a'.repeat(152)}€`.repeat(3)).isOver).toBe(true)
  })

  it('counts on X a link as 23, a picture as two, and leaves room for names', () => {
    expect(sizeOf('https://spoke.example/a/very/long/path/that/goes/on', forms.x).used).toBe(23)
    expect(sizeOf('👩‍👩‍👧‍👦é', forms.x).used).toBe(3)
    expect(sizeOf('{{ person.given_name | default: "there" }}', forms.telegram).used).toBe(20)
  })
})
