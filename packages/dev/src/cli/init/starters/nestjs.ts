import type { Starter } from './starter.js'

const text = `import 'reflect-metadata'
import { Controller, Get, HttpCode, Module, Post } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import type { Auth } from 'sallyport'
import { CurrentAuth, Public, RequireAuth, SallyportModule } from 'sallyport/nestjs'

const messages = ['Your token may read this.']

// Every route wants a valid access token, but for those that are @Public().
@Controller('api')
class ApiController {
  @Get('public')
  @Public()
  hello() {
    return { message: 'hello' }
  }

  @Get('private')
  user(@CurrentAuth() auth: Auth) {
    return { user: auth.claims.sub }
  }

  @Get('messages')
  @RequireAuth({ scopes: 'read:messages' })
  read() {
    return { messages }
  }

  @Post('messages')
  @HttpCode(200)
  @RequireAuth({ scopes: 'write:messages' })
  write() {
    messages.push('Your token may write this.')
    return { messages }
  }
}

// Reads AUTH0_DOMAIN and AUTH0_AUDIENCE, which --env-file has loaded.
@Module({ imports: [SallyportModule.forRoot({})], controllers: [ApiController] })
class AppModule {}

async function start() {
  const app = await NestFactory.create(AppModule, { logger: ['warn', 'error'] })
  await app.listen(Number(process.env['PORT'] ?? 3000))
  console.log(\`The API listens at \${await app.getUrl()}\`)
}

void start()
`

/** Nest needs the decorators that TypeScript had first. */
const tsconfig = `{
  "compilerOptions": {
    "target": "ES2023",
    "module": "NodeNext",
    "strict": true,
    "skipLibCheck": true,
    "experimentalDecorators": true,
    "emitDecoratorMetadata": true,
    "types": ["node"]
  }
}
`

export const nestjs: Starter = {
  file: 'server.ts',
  text,
  tsconfig,
  dependencies: ['@nestjs/common', '@nestjs/core', '@nestjs/platform-express', 'reflect-metadata', 'rxjs'],
  devDependencies: ['tsx', 'typescript', '@types/node'],
}
