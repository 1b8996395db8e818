import * as echarts from 'echarts/core';
import { CustomChart } from 'echarts/charts';
import { AriaComponent, GridComponent, TooltipComponent } from 'echarts/components';
import { SVGRenderer } from 'echarts/renderers';
import type { ChartOption } from '../../electron/core/charts/shapes.ts';

echarts.use([CustomChart, GridComponent, TooltipComponent, AriaComponent, SVGRenderer]);

/** A chart as SVG text, drawn by the library that the page and the documents use. */
export function renderChart(option: ChartOption, size: { width: number; height: number }): string {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, ...size });
  try {
    chart.setOption(option);
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}
