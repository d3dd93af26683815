/** Characters that say something to machines and nothing to people, but for the joiners that emoji and scripts need. */
const invisible = /(?![\t\n\r])\p{Cc}|[\u00AD\u061C\u180E\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E007F}]/gu // prettier-ignore

/** A text without characters that nobody sees. */
export const visibleText = (text: string): string => text.toWellFormed().replaceAll(invisible, '')

/** A Markdown text without what a reader of the page does not see: comments, and characters that nobody sees. */
export const visibleMarkdown = (text: string): string => visibleText(text.replaceAll(/<!--[\s\S]*?(?:-->|$)/g, ''))
