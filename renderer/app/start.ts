import { createPinia } from 'pinia';
import { createApp } from 'vue';
import { labConnectionKey, transportKey } from '../stores/lab.ts';
import '../styles/base.css';
import { connectToLab } from '../transport/labConnection.ts';
import { openThroughBridge, portTransport } from '../transport/portTransport.ts';
import type { Transport } from '../transport/transport.ts';
import { takeToken, webSocketTransport } from '../transport/webSocketTransport.ts';
import App from './App.vue';
import { createAppRouter } from './router.ts';
import { applyRememberedTheme } from './theme.ts';

function chooseTransport(): Transport {
  const bridge = window.petri;
  if (bridge !== undefined) return portTransport((channel) => openThroughBridge(bridge, channel), 'electron');
  return webSocketTransport(location.origin, takeToken(location, history, sessionStorage));
}

applyRememberedTheme();
const transport = chooseTransport();
createApp(App)
  .provide(transportKey, transport)
  .provide(labConnectionKey, connectToLab(transport, __PETRI_BUILD__))
  .use(createPinia())
  .use(createAppRouter())
  .mount('#app');
