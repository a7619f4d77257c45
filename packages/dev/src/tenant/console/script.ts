/** What the console does in a browser beyond links and forms: it copies, and follows the log. All else works without. */
export const script = `
const say = (text) => { document.getElementById('said').textContent = text }
for (const button of document.querySelectorAll('[data-copy]')) {
  const label = button.textContent
  button.hidden = false
  button.addEventListener('click', async () => {
    const source = document.getElementById(button.dataset.copy)
    try {
      await navigator.clipboard.writeText(source.value ?? source.textContent)
      button.textContent = 'Copied'
    } catch {
      getSelection().selectAllChildren(source)
      button.textContent = 'Selected: copy it with the keyboard'
    }
    say(button.textContent)
    setTimeout(() => { button.textContent = label }, 2000)
  })
}
const rows = document.querySelector('[data-stream]')
if (rows) {
  const pause = document.getElementById('pause')
  let source
  const follow = () => {
    source = new EventSource(rows.dataset.stream + '&after=' + rows.dataset.newest)
    source.onmessage = ({ data, lastEventId }) => {
      rows.insertAdjacentHTML('afterbegin', data)
      rows.dataset.newest = lastEventId
      document.getElementById('log').hidden = false
      document.getElementById('log-empty').hidden = true
      while (rows.children.length > 200) rows.lastElementChild.remove()
    }
  }
  pause.hidden = false
  pause.addEventListener('click', () => {
    const isPaused = source.readyState === EventSource.CLOSED
    if (isPaused) follow()
    else source.close()
    pause.textContent = isPaused ? 'Pause' : 'Go on'
    say(isPaused ? 'The log goes on.' : 'The log is paused.')
  })
  follow()
}
`
