import { computed } from 'vue';
import { darkPalette, lightPalette, type ChartPalette } from '../../electron/core/charts/palette.ts';
import { isDark } from '../app/theme.ts';

/** The page's colours and type for charts; it follows the theme. */
export const chartPalette = computed<ChartPalette>(() => ({
  ...(isDark.value ? darkPalette : lightPalette),
  fontFamily: '"Inter Variable", system-ui, sans-serif',
}));
