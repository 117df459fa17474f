// Before anything is painted: the theme and the palette that somebody chose here, where he chose any.
;(() => {
  try {
    const kept = JSON.parse(localStorage.getItem('crossbook.looks') ?? '{}').state ?? {}
    if (kept.theme === 'light' || kept.theme === 'dark') document.documentElement.dataset.theme = kept.theme
    if (kept.palette === 'blue-orange') document.documentElement.dataset.palette = kept.palette
  } catch {
    // Storage that is shut or broken: the system's theme.
  }
})()
