// Biome lints everything; this asks only what the React compiler would say of the hooks.
import reactHooks from 'eslint-plugin-react-hooks'
import { parser } from 'typescript-eslint'

export default [
  { ignores: ['dist', 'coverage', 'reports', '.stryker-tmp'] },
  { ...reactHooks.configs.flat['recommended-latest'], files: ['src/**/*.ts'], languageOptions: { parser } },
]
