import { Controller, Delete, Get, HttpCode, Module, Post } from '@nestjs/common'
import type { Auth } from 'sallyport'
import { CurrentAuth, Public, RequireAuth, SallyportModule } from 'sallyport/nestjs'

/** The smallest real API: a public, a private, two scoped routes, and one that wants a permission. */
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
  messages() {
    return { messages: ['Your token may read this.'] }
  }

  @Post('data')
  @HttpCode(200)
  @RequireAuth({ scopes: ['read:data', 'write:data'] })
  create() {
    return { created: true }
  }

  @Delete('data')
  @RequireAuth({ permissions: 'delete:data' })
  delete() {
    return { deleted: true }
  }
}

@Module({ imports: [SallyportModule.forRoot({})], controllers: [ApiController] })
export class AppModule {}
