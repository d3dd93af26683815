import { chatCompletions } from './fake-compatible.ts'
import { fakeVendor, type FakeVendor } from './fake-vendor.ts'

/** Groq: OpenAI's chat completions under its own path. Its key is `test-key`. */
export const fakeGroq = (): Promise<FakeVendor> => fakeVendor(chatCompletions('/openai/v1/chat/completions'))
