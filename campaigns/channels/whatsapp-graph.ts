import { z } from 'zod'
import type { Clock } from '#kernel/clock.ts'
import { httpClient, type HttpAnswer, type HttpRequest } from '#kernel/http.ts'
import { scrubbed } from '#kernel/log.ts'
import { categories, type Meta, type MetaRefused, type MetaTemplate } from '../whatsapp/meta.ts'
import { limitOf } from '../whatsapp/ramp.ts'
import { refusalOf } from './whatsapp-error.ts'

export type GraphSettings = {
  token: string
  /** With the version of the API: https://graph.facebook.com/v24.0 */
  baseUrl: string
  account: string
  number: string
  clock: Clock
  pause: (ms: number) => Promise<void>
  timeoutMs?: number
}

const pageSize = '100'
/** An account has 250 templates, of which each may be in some 70 languages. */
const mostPages = 200

/** Templates and number of a WhatsApp Business account by Meta's Graph API. Each request is tried three times. */
export function metaGraph(settings: GraphSettings): Meta {
  const { token, baseUrl, account, number, clock, pause, timeoutMs = 20_000 } = settings
  const headers = { authorization: `Bearer ${token}`, accept: 'application/json' }
  const ask = httpClient({ baseUrl, headers, clock, pause, timeoutMs, attempts: 3 })
  const asked = async (request: HttpRequest): Promise<HttpAnswer | MetaRefused> => refusedOr(await ask(request))
  return {
    templates: async () => {
      const templates: MetaTemplate[] = []
      for (let after: string | null = '', page = 0; after !== null && page < mostPages; page += 1) {
        const answer = await asked({ path: `/${account}/message_templates`, query: { fields: templateFields, limit: pageSize, ...(after === '' ? {} : { after }) } }) // prettier-ignore
        if ('kind' in answer) return answer
        const { data, paging } = read(listShape, answer)
        templates.push(...data.map(templateOf))
        after = paging?.next === undefined ? null : (paging.cursors?.after ?? null)
      }
      return { kind: 'told', templates }
    },
    number: async () => {
      const answer = await asked({ path: `/${number}`, query: { fields: numberFields } })
      if ('kind' in answer) return answer
      const told = read(numberShape, answer)
      const tier = told.whatsapp_business_manager_messaging_limit
      return {
        kind: 'told',
        number: {
          shown: told.display_phone_number,
          name: told.verified_name ?? '',
          status: (told.status ?? 'unknown').toLowerCase(),
          quality: (told.quality_rating ?? 'unknown').toLowerCase(),
          mostADay: tier === undefined ? undefined : limitOf(tier),
        },
      }
    },
    propose: async ({ name, language, category, components }) => {
      const body = { name, language, category: category.toUpperCase(), components }
      const answer = await asked({ method: 'POST', path: `/${account}/message_templates`, body })
      if ('kind' in answer) return answer
      const made = read(proposedShape, answer)
      return { kind: 'proposed', id: made.id, status: made.status.toLowerCase(), category: made.category ?? category }
    },
  }
}

const templateFields = 'id,name,language,status,category,quality_score,rejected_reason,components'
const numberFields =
  'display_phone_number,verified_name,status,quality_rating,whatsapp_business_manager_messaging_limit'

const inSmall = z.string().transform((text) => text.toLowerCase())
/** Older names of categories that templates of long ago still carry. */
const category = inSmall.transform((text) => categories.find((one) => one === text) ?? (text === 'otp' ? 'authentication' : text === 'transactional' ? 'utility' : 'marketing')) // prettier-ignore

const listShape = z.object({
  data: z.array(
    z.looseObject({
      id: z.string(),
      name: z.string(),
      language: z.string(),
      status: inSmall,
      category,
      quality_score: z.looseObject({ score: inSmall.optional() }).nullish(),
      rejected_reason: inSmall.nullish(),
      components: z.array(z.looseObject({ type: z.string() })).default([]),
    }),
  ),
  paging: z
    .looseObject({
      cursors: z.looseObject({ after: z.string().optional() }).optional(),
      next: z.string().optional(),
    })
    .optional(),
})

const numberShape = z.looseObject({
  display_phone_number: z.string(),
  verified_name: z.string().optional(),
  status: z.string().optional(),
  quality_rating: z.string().optional(),
  whatsapp_business_manager_messaging_limit: z.string().optional(),
})

const proposedShape = z.looseObject({ id: z.string(), status: z.string(), category: category.optional() })

function templateOf(told: z.infer<typeof listShape>['data'][number]): MetaTemplate {
  const { id, name, language, status, rejected_reason: reason, components } = told
  return {
    id, name, language, status,
    category: told.category,
    quality: told.quality_score?.score ?? 'unknown',
    rejectedFor: reason === undefined || reason === null || reason === 'none' ? null : reason,
    components,
  } // prettier-ignore
}

/** Subcodes of a name that is in use: in this language, or by a template that is being deleted. */
const inUse = [2_388_024, 2_388_023]

function refusedOr(answer: HttpAnswer): HttpAnswer | MetaRefused {
  if (answer.status < 400) return answer
  const refusal = refusalOf(answer.json)
  const said = refusal === null ? `Meta answered ${answer.status}` : (refusal.told ?? refusal.message)
  const why = refusal?.code === 190 ? 'Meta does not take the token: set WHATSAPP_TOKEN to one that is valid' : scrubbed(said) // prettier-ignore
  return { kind: 'refused', why: why.slice(0, 300), taken: inUse.includes(refusal?.subcode ?? 0) }
}

function read<T>(shape: z.ZodType<T>, answer: HttpAnswer): T {
  const told = shape.safeParse(answer.json)
  if (told.success) return told.data
  throw new Error('Meta answered with something that is no object of the API: is WHATSAPP_BASE_URL right?')
}
