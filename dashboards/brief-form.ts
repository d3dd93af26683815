import { formNames, type FormName } from '#rag/forms.ts'
import { ideaNames, type IdeaName } from '#rag/ideas.ts'
import type { Form } from './visitor.ts'

/** The names of the boxes of a brief: each form and idea has one of its own. */
export const channelField = (name: FormName): string => `channel-${name}`
export const ideaField = (name: IdeaName): string => `idea-${name}`

/** The forms and ideas that were ticked. */
export const tickedForms = (form: Form): { channels: FormName[]; ideas: IdeaName[] } => ({
  channels: formNames.filter((name) => form[channelField(name)] === 'on'),
  ideas: ideaNames.filter((name) => form[ideaField(name)] === 'on'),
})
