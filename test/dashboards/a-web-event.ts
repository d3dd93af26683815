// An event as a page sends it, each with an id of its own.

let nth = 0
export const anEvent = (change: object = {}) => ({
  id: `e${(nth += 1)}`,
  type: 'page',
  anonymousId: 'device-1',
  timestamp: '2026-03-02T11:59:59.500Z',
  url: 'https://alder.example/beans?utm_source=google&utm_medium=cpc&utm_campaign=winter&email=anna@example.com',
  referrer: '',
  ...change,
})
