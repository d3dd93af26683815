// Keys for the approval desk. Everything works without them: they only move the focus and press what is on the page.
const step = (by) => {
  const sentences = [...document.querySelectorAll('[data-sentence]')]
  const at = sentences.indexOf(document.activeElement)
  const next = sentences[Math.min(Math.max(at + by, 0), sentences.length - 1)]
  next?.focus()
  next?.scrollIntoView({ block: 'center' })
}

const keyed = (name) => (/^[a-z]$/.test(name) ? document.querySelector(`[data-key="${name}"]`) : null)

document.addEventListener('keydown', (event) => {
  const typing = event.target instanceof HTMLElement && event.target.closest('input, textarea, select')
  if (typing || event.repeat || event.metaKey || event.ctrlKey || event.altKey) return
  if (event.key === 'j') step(1)
  else if (event.key === 'k') step(-1)
  else {
    const pressed = keyed(event.key)
    if (!pressed) return
    event.preventDefault()
    pressed.click()
  }
})
