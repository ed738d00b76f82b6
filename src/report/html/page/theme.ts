/** Light or dark: as the system has it until the button is used, and light on paper. */

const KEY = 'analyze-theme';

export function followTheme(draw: (dark: boolean) => void): void {
  const button = document.getElementById('theme') as HTMLButtonElement;
  const system = matchMedia('(prefers-color-scheme: dark)');
  let chosen = stored();
  let isDark = false;

  function apply(): void {
    const dark = chosen === null ? system.matches : chosen === 'dark';
    if (chosen === null) delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = chosen;
    const other = dark ? 'light' : 'dark';
    button.textContent = other === 'light' ? 'Light' : 'Dark';
    button.setAttribute('aria-label', `${button.textContent}: use the ${other} theme`);
    isDark = dark;
    draw(dark);
  }

  button.hidden = false;
  button.addEventListener('click', () => {
    chosen = isDark ? 'light' : 'dark';
    store(chosen);
    apply();
  });
  system.addEventListener('change', apply);
  addEventListener('beforeprint', () => draw(false));
  addEventListener('afterprint', apply);
  apply();
}

type Theme = 'light' | 'dark';

/** Browsers may refuse storage to a page from a file. */
function stored(): Theme | null {
  try {
    const theme = localStorage.getItem(KEY);
    return theme === 'light' || theme === 'dark' ? theme : null;
  } catch {
    return null;
  }
}

function store(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // The choice then lasts as long as the page.
  }
}
