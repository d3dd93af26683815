import { z } from 'zod'

/** What a column of a file may be mapped to. */
export const mapped = [
  'record-id', 'given', 'middle', 'family', 'full', 'dob', 'email', 'phone', 'street', 'house-number', 'unit', 'city',
  'postcode', 'state', 'country', 'gender', 'user-id', 'exact', 'fuzzy', 'ignore',
] as const // prettier-ignore

const role = z.enum(mapped)

/** `map.json`: what each column holds. Columns that are not named are left out. */
export const columnMap = z
  .record(
    z.string().min(1),
    z.union(
      [
        role.describe('what the column holds; exact and fuzzy are any other property of a person'),
        z
          .strictObject({
            field: role,
            format: z.string().optional().describe('how dates are written, such as d/M/yyyy'),
          })
          .describe('the same, with the way dates are written'),
      ],
      { error: `say one of ${mapped.join(', ')}, or { "field": one of them, "format": "d/M/yyyy" }` },
    ),
  )
  .meta({ id: 'column-map', title: 'What each column of a table of people holds' })
export type ColumnMap = z.infer<typeof columnMap>

/** The JSON Schema of `map.json`, as `docs/identity-map.schema.json` holds it. */
export const columnMapSchema = (): unknown => z.toJSONSchema(columnMap, { target: 'draft-2020-12' })
