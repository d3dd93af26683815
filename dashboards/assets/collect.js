// Tells the business's own server what happens on its pages. Served without these lines and without indentation.
//   <script async src="https://SERVER/collect.js" data-consent="required"></script>
//   millrace('page'), millrace('event', name, properties), millrace('identify', {email, phone, userId}), millrace('consent', true)
// To call it before it is loaded: window.millrace ||= Object.assign((...call) => millrace.q.push(call), { q: [] })
;(() => {
  const script = document.currentScript
  const to = new URL('/collect', script.src)
  const { q: earlier = [] } = window.millrace ?? {}
  const store = (id) => {
    try {
      if (id) localStorage.millrace = id
      else if (id === '') delete localStorage.millrace
      return localStorage.millrace
    } catch {}
  }
  // Global Privacy Control: nothing is kept and nothing is sent.
  if (navigator.globalPrivacyControl) {
    store('')
    window.millrace = () => {}
    return
  }
  const newId = () => crypto.getRandomValues(new Uint32Array(4)).join('-')
  const here = () => location.origin + location.pathname
  // Until consent the device is known for as long as the page stands, and nothing is stored.
  let device = store() ?? newId()
  let may = script.dataset.consent !== 'required' || store()
  let before = document.referrer.split(/[?#]/)[0]
  let queue = []
  let again = []
  let timer
  const note = (type, more) => {
    queue.push({ id: newId(), type, timestamp: new Date(), url: here(), referrer: here(), ...more })
    queue = queue.slice(-50)
    timer ??= setTimeout(send, 500)
  }
  const take = () => (may ? queue.splice(0).map((event) => ({ anonymousId: device, ...event })) : [])
  const bodyOf = (events) => JSON.stringify({ sentAt: new Date(), events })
  const send = () => {
    timer = undefined
    post(take(), true)
  }
  const post = async (events, first) => {
    try {
      if (!events[0]) return
      const answer = await fetch(to, { method: 'POST', body: bodyOf(events), keepalive: true, credentials: 'omit' })
      if (answer.status > 428) throw answer
    } catch {
      // Once more; where it fails again it is given up.
      if (first) setTimeout(() => post(again.splice(0)), 5000, again.push(...events))
    }
  }
  const leave = () => {
    const events = [...again.splice(0), ...take()]
    if (events[0]) navigator.sendBeacon(to, bodyOf(events))
  }
  const verbs = {
    page() {
      const query = new URLSearchParams(location.search)
      const pick = (names, prefix = '') =>
        Object.fromEntries(names.split(' ').map((name) => [name, query.get(prefix + name) ?? undefined]))
      const clickId = pick('gclid gbraid wbraid fbclid msclkid ttclid')
      note('page', { referrer: before, clickId, utm: pick('source medium campaign content term', 'utm_') })
      before = here()
    },
    event: (type, properties) => note(type, { properties }),
    identify: ({ email, phone, userId }) => note('identify', { email, phone, userId }),
    consent(granted) {
      if (granted ? !store() : store()) note('consent', { properties: { granted } })
      if (granted) return (may = store(device) || 1)
      // A no where there was a yes is told; where there was none, nothing ever leaves the page.
      if (store()) send()
      device = newId(store(''))
      queue = []
      may = 0
    },
  }
  window.millrace = (verb, ...rest) => verbs[verb]?.(...rest)
  addEventListener('pagehide', leave)
  document.addEventListener('visibilitychange', () => document.hidden && leave())
  verbs.page()
  for (const call of earlier) window.millrace(...call)
})()
