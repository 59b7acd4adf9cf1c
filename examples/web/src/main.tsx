import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './App.js'
import { fetchSnapshot } from './api.js'
import { DashboardStore } from './store.js'
import './styles.css'

const store = new DashboardStore(fetchSnapshot)

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <App store={store} />
  </StrictMode>,
)
