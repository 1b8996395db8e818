import type { ITheme } from '@xterm/xterm';

// Each colour reaches 4.5:1 on its background, so that a guest's choice of colour stays readable.
const light: ITheme = {
  foreground: '#1c1e21', cursor: '#0b6e69', cursorAccent: '#ffffff', selectionBackground: '#bfe3de',
  black: '#1c1e21', red: '#b3261e', green: '#2b7318', yellow: '#8a5300', blue: '#2450a4', magenta: '#8a2c87', cyan: '#0b6e69', white: '#575b61',
  brightBlack: '#575b61', brightRed: '#c22f26', brightGreen: '#2f7d1b', brightYellow: '#8f5b00', brightBlue: '#2b5fc4', brightMagenta: '#9c35a0', brightCyan: '#0d7670', brightWhite: '#1c1e21',
};
const dark: ITheme = {
  foreground: '#e3e5e8', cursor: '#5cc9bd', cursorAccent: '#15171a', selectionBackground: '#1f5a55',
  black: '#8a9098', red: '#f2918a', green: '#8bc46d', yellow: '#e0ab5e', blue: '#8db4f5', magenta: '#d9a0e0', cyan: '#5cc9bd', white: '#c9ccd1',
  brightBlack: '#a3a8af', brightRed: '#f7aaa4', brightGreen: '#a5d68a', brightYellow: '#edc283', brightBlue: '#a9c8fa', brightMagenta: '#e6b9eb', brightCyan: '#84dcd2', brightWhite: '#ffffff',
};

/** The guest's colours on the page's own background. */
export function terminalTheme(isDark: boolean): ITheme {
  return { ...(isDark ? dark : light), background: isDark ? '#15171a' : '#ffffff' };
}
