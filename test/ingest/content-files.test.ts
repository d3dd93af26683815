import { describe, expect, it } from 'vitest'
import { sql } from '#kernel/sql.ts'
import { indexContent } from '#ingest/content/index-content.ts'
import { replayQuarantine } from '#ingest/quarantine.ts'
import { runSource } from '#ingest/run.ts'
import { contentFiles } from '#ingest/sources/content-files.ts'
import { faqCsv } from '#ingest/sources/faq-csv.ts'
import { testDatabase } from '../support/database.ts'
import { pdfOf } from '../support/pdf.ts'
import { deps, testFolder } from './ingest-support.ts'

describe('a folder of texts', () => {
  const db = testDatabase()
  const folder = testFolder()
  const read = (name: string) => runSource(deps(db), contentFiles(), { path: `${folder.path}/${name}` })
  const documents = () =>
    db.query(sql`select uri, title, language, tags, body from ingest.documents where valid_to is null order by uri`)

  it('is read whatever the format of each, by its ending or its first bytes', async () => {
    folder.write(
      'mixed/a.md',
      '\u{FEFF}---\ntitle: "Hello"\nlang: NL\ntags:\n  - one\n  - two\n---\nText.<!-- not seen -->\u200B',
    )
    folder.write('mixed/b.HTML', Buffer.from('<meta charset=windows-1252><title>Caf\xe9</title><p>Cr\xe8me</p>', 'latin1')) // prettier-ignore
    folder.write('mixed/c.txt', 'Plain text.')
    folder.write('mixed/d.pdf', pdfOf([[{ text: 'From a PDF.', y: 700 }]], { Title: 'Price list' }))
    folder.write('mixed/e.txt', '<!doctype html><h1>Page</h1><p>Named otherwise.</p>')
    folder.write('mixed/f.md', pdfOf([[{ text: 'Named otherwise.', y: 700 }]]))
    folder.write('mixed/g.csv', 'no,text')
    expect(await read('mixed')).toMatchObject({ received: 6, accepted: 6, quarantined: 0 })
    const found = { language: 'en', tags: [] }
    expect(await documents()).toEqual([
      { ...found, uri: 'a.md', title: 'Hello', language: 'nl', tags: ['one', 'two'], body: 'Text.' },
      { ...found, uri: 'b.HTML', title: 'Café', body: 'Crème' },
      { ...found, uri: 'c.txt', title: 'c', body: 'Plain text.' },
      { ...found, uri: 'd.pdf', title: 'Price list', body: 'From a PDF.' },
      { ...found, uri: 'e.txt', title: 'Page', body: '# Page\n\nNamed otherwise.' },
      { ...found, uri: 'f.md', title: 'f', body: 'Named otherwise.' },
    ])
    expect(await read('mixed')).toMatchObject({ received: 6, accepted: 0, unchanged: 6 })
  })

  it('sets aside what cannot be read, with what to do, and takes in the rest', async () => {
    folder.write('bad/empty.md', '')
    folder.write('bad/blank.html', '<script>let x</script><nav>Menu</nav>')
    folder.write('bad/latin.md', Buffer.from('Caf\xe9', 'latin1'))
    folder.write('bad/zeros.txt', Buffer.alloc(100))
    folder.write('bad/deep.html', '<div>'.repeat(100_000))
    folder.write('bad/long.md', 'word '.repeat(2_100_000))
    folder.write('bad/long.html', `<p>${'word '.repeat(2_100_000)}`)
    folder.write('bad/broken.pdf', '%PDF-1.4 broken')
    folder.write('bad/large.pdf', Buffer.concat([Buffer.from('%PDF-1.4\n'), Buffer.alloc(50 * 1024 * 1024)]))
    folder.write('bad/no.pdf', 'This is no PDF.')
    folder.write('bad/good.md', 'Good.')
    const report = await read('bad')
    expect(report).toMatchObject({ received: 11, accepted: 1, quarantined: 10 })
    expect(Object.fromEntries(report.problems.map(({ reason, fix }) => [reason, fix]))).toEqual({
      'The document has no text': 'Write it, or delete the file',
      'The row is not UTF-8': expect.stringMatching(/windows-1252/) as string,
      'The document is no text': 'Export it as UTF-8 text, HTML or PDF',
      'The page is nested more than 512 deep': 'Check its markup, or save its text as Markdown',
      'The document is larger than 1 MB': 'Split it into several',
      'The document is larger than 4 MB': 'Split it into several',
      'The PDF is broken': 'Open it in a reader and save or export it again',
      'The PDF is larger than 16 MB': 'Split it into parts, or export it without pictures',
    })
    const again = await replayQuarantine(deps(db), contentFiles(), { reading: null, others: [] })
    expect(again.accepted).toBe(0)
  })

  it('becomes chunks and facts whose bytes are those of the text that is kept', async () => {
    folder.write('all/tins.html', '<h1>Tïns</h1><h2>Tin</h2><p>Tin costs €12.00.</p><p hidden>Tin costs €1.00.</p>')
    folder.write('all/faq.pdf', pdfOf([[{ text: 'Returns', y: 780, size: 20 }, { text: 'Return it within 30 days.', y: 740 }]])) // prettier-ignore
    await read('all')
    await indexContent(deps(db))
    const spans = await db.query<{ said: string; stands: string }>(sql`
      select c.text as said, convert_from(substring(convert_to(d.body, 'UTF8') from c.start_byte + 1 for c.end_byte - c.start_byte), 'UTF8') as stands
      from ingest.chunks c join ingest.documents d on d.id = c.document_id
      union all
      select f.statement, convert_from(substring(convert_to(d.body, 'UTF8') from f.start_byte + 1 for f.end_byte - f.start_byte), 'UTF8')
      from ingest.facts f join ingest.documents d on d.id = f.document_id`)
    expect(spans.length).toBe(4)
    for (const { said, stands } of spans) expect(said).toBe(stands)
    expect(JSON.stringify(spans)).not.toContain('€1.00')
  })
})

describe('questions in a table', () => {
  const db = testDatabase()
  const folder = testFolder()
  const read = (name: string) => runSource(deps(db), faqCsv(), { path: `${folder.path}/${name}` })

  it('are a document in which each is a chunk of its own, under its question', async () => {
    folder.write(
      'faq.csv',
      'question,answer,by\nDo you ship?,"Yes, within 3 days.",Mara\n"Is it ""safe""?",<p>Very.<br># Really</p>,\n,,\n',
    )
    expect(await read('faq.csv')).toMatchObject({ received: 1, accepted: 1 })
    await indexContent(deps(db))
    expect(await db.query(sql`select heading, text from ingest.chunks order by ordinal`)).toEqual([
      { heading: 'Do you ship?', text: 'Yes, within 3 days.' },
      { heading: 'Is it "safe"?', text: 'Very.\n\\# Really' },
    ])
  })

  it('are taken in whole or not at all', async () => {
    folder.write('broken.csv', 'question,answer\nDo you ship?,Yes.\nBroken\n')
    expect(await read('broken.csv')).toMatchObject({ received: 1, quarantined: 1, problems: [{ reason: 'The row has fewer cells than its header', example: { line: 3 } }] }) // prettier-ignore
    folder.write('none.csv', 'question,answer\nDo you ship?,\n')
    expect((await read('none.csv')).problems).toMatchObject([{ reason: 'The file has no question with an answer' }])
  })
})
