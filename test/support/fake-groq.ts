import { chatCompletions } from './fake-compatible.ts'
import { event, fakeVendor, type FakeVendor } from './fake-vendor.ts'

/** Groq: OpenAI's chat completions under its own path, which tells a stream's usage in a place of its own. Its key is `test-key`. */
export const fakeGroq = (): Promise<FakeVendor> =>
  fakeVendor(
    chatCompletions('/openai/v1/chat/completions', ({ body }, usage) => [
      event({ id: 'chatcmpl-1', model: body['model'], choices: [], x_groq: { id: 'req_1', usage } }),
      event('[DONE]'),
    ]),
  )
