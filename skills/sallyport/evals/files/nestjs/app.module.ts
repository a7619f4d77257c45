import { Body, Controller, Delete, Get, HttpCode, Module, Param, Post } from '@nestjs/common'

const notes = new Map([['1', { id: '1', text: 'Buy milk' }]])

@Controller('health')
class HealthController {
  @Get()
  health() {
    return { status: 'ok' }
  }
}

@Controller('notes')
class NotesController {
  @Get()
  list() {
    return [...notes.values()]
  }

  @Post()
  create(@Body() { text }: { text: string }) {
    const note = { id: String(notes.size + 1), text }
    notes.set(note.id, note)
    return note
  }

  @Delete(':id')
  @HttpCode(204)
  remove(@Param('id') id: string) {
    notes.delete(id)
  }
}

@Module({ controllers: [HealthController, NotesController] })
export class AppModule {}
